package main

import (
	_ "example.com/broken/internal/postgres"
	_ "example.com/broken/internal/site"
	_ "example.com/broken/internal/testkit"
	_ "github.com/labstack/echo/v4"
	_ "testing"
)

func main() {}

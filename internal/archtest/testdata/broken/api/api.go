package api

import _ "github.com/labstack/echo/v4"

package site

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func robots(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return c.String(http.StatusOK, "User-agent: *\nAllow: /\nDisallow: /t\nDisallow: /koyomi\n")
}

func (s *Site) favicon(c echo.Context) error {
	return s.ServeAsset(c, "img/favicon.svg", "public, max-age=86400")
}

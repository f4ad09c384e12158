package event

import (
	_ "example.com/broken/internal/audit"
	_ "example.com/broken/internal/httpx"
	_ "example.com/broken/internal/ticket"
	_ "example.com/broken/web"
	_ "github.com/jackc/pgx/v5"
	_ "github.com/labstack/echo/v4"
	_ "gorm.io/gorm"
	_ "html/template"
	_ "net/http"
	_ "net/smtp"
	"os"
	clock "time"
)

var now, setting = clock.Now(), os.Getenv("SETTING")

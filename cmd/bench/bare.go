//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/labstack/echo/v4"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// bareTables are the seats without anything around them: no row-level security, no triggers, no
// foreign keys. gorm_ has uuids, as its requests do, and stores of a ticket what has to be stored:
// whose quota, and a secret's MAC that nobody else has.
var bareTables = []string{
	`create table bare_counter (n integer primary key, capacity integer not null,
		taken integer not null default 0) with (fillfactor = 50)`,
	`create table bare_ticket (id uuid primary key, counter integer not null, seats smallint not null)`,
	`insert into bare_counter select n, 1 << 30 from generate_series(1, 1000) n`,
	`create table gorm_counter (quota_id uuid primary key, capacity integer not null,
		taken integer not null default 0) with (fillfactor = 50)`,
	`create table gorm_ticket (id uuid primary key, quota_id uuid not null, secret_mac bytea not null unique,
		seats smallint not null)`,
}

// takeBody is what a client sends to take a seat.
type takeBody struct {
	QuotaID  uuid.UUID `json:"quota_id"`
	Seats    int       `json:"seats"`
	Nickname string    `json:"nickname"`
}

type refusal struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
}

var full = refusal{Type: "about:blank", Title: "Full", Status: http.StatusConflict, Code: "full"}

// runBare serves the bare limits: hello, a refusal that looks at nothing, and the usual way to take
// a seat.
func runBare(ctx context.Context, s servant) error {
	config, err := pgxpool.ParseConfig(s.DatabaseURL)
	if err != nil {
		return fmt.Errorf("parse database URL: %w", err)
	}
	config.MaxConns = 16
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer pool.Close()
	sqlDB := stdlib.OpenDBFromPool(pool)
	defer func() { _ = sqlDB.Close() }()
	db, err := gorm.Open(gormpostgres.New(gormpostgres.Config{Conn: sqlDB}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return fmt.Errorf("open gorm: %w", err)
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.GET("/hello", func(c echo.Context) error { return c.String(http.StatusOK, "Hello, World!") })
	e.POST("/refuse", func(c echo.Context) error {
		var body takeBody
		if err := c.Bind(&body); err != nil {
			return err
		}
		return c.JSON(http.StatusConflict, full)
	})
	e.POST("/take", func(c echo.Context) error {
		var body takeBody
		if err := c.Bind(&body); err != nil {
			return err
		}
		t, err := gormTake(c.Request().Context(), db, body)
		if errors.Is(err, errFull) {
			return c.JSON(http.StatusConflict, full)
		}
		if err != nil {
			return err
		}
		return c.JSON(http.StatusCreated, t)
	})
	return httpx.Run(ctx, e, s.Listen)
}

type gormCounter struct {
	QuotaID         uuid.UUID `gorm:"primaryKey"`
	Capacity, Taken int
}

// TableName is the table of the bare limit.
func (gormCounter) TableName() string { return "gorm_counter" }

type gormTicket struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	QuotaID   uuid.UUID
	SecretMac []byte
	Seats     int
}

// TableName is the table of the bare limit.
func (gormTicket) TableName() string { return "gorm_ticket" }

var errFull = errors.New("full")

// gormTake locks the counter, looks, inserts and counts.
func gormTake(ctx context.Context, db *gorm.DB, body takeBody) (gormTicket, error) {
	mac := make([]byte, 32)
	_, _ = rand.Read(mac) // never fails
	t := gormTicket{ID: uuid.New(), QuotaID: body.QuotaID, SecretMac: mac, Seats: body.Seats}
	err := db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var c gormCounter
		if err := tx.Clauses(
			clause.Locking{Strength: "UPDATE"},
		).Where(
			"quota_id = ?",
			body.QuotaID,
		).Take(
			&c,
		).Error; err != nil {
			return err
		}
		if c.Taken+body.Seats > c.Capacity {
			return errFull
		}
		if err := tx.Create(&t).Error; err != nil {
			return err
		}
		return tx.Model(&c).Update("taken", c.Taken+body.Seats).Error
	})
	return t, err
}

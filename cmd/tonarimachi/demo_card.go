package main

import (
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/demo"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// demoCard is DIR/demo.json.
type demoCard struct {
	BaseURL       string            `json:"base_url"`
	DatabaseURL   string            `json:"database_url"`
	Env           map[string]string `json:"env"` // with which another serve, worker or operator's command joins
	Organizations []demoAccount     `json:"organizations"`
	Door          demoDoor          `json:"door"` // of a gathering that is open today
	Lottery       demoLottery       `json:"lottery"`
	Paper         demoPaper         `json:"paper"`
	// of an event that is full: one with a seat, the first in line, one who is asked whether they
	// want a seat
	Tickets []demoTicket `json:"tickets"`
}

type demoDoor struct {
	URL      string `json:"url"`
	EventURL string `json:"event_url"`
}

type demoLottery struct {
	EventURL string   `json:"event_url"`
	DrawURL  string   `json:"draw_url"`
	Tickets  []string `json:"tickets"` // some that took part
}

type demoPaper struct {
	URL      string   `json:"url"`
	EventURL string   `json:"event_url"`
	Codes    []string `json:"codes"` // of one sheet, for a seat each
}

type demoTicket struct {
	URL    string `json:"url"`
	Status string `json:"status"`
}

type demoAccount struct {
	Slug string `json:"slug"`
	demoMember
	// Who gives the second approval, for organizations whose rooms ask for two.
	Second demoMember `json:"second,omitzero"`
}

type demoMember struct {
	StaffEmail    string `json:"staff_email"`
	StaffPassword string `json:"staff_password"`
	APIToken      string `json:"api_token"`
}

func memberOf(a *demo.Account) demoMember {
	return demoMember{StaffEmail: a.Email, StaffPassword: a.Password, APIToken: a.Token}
}

func newDemoCard(cfg config.Config, book *demo.Book) demoCard {
	card := demoCard{BaseURL: string(cfg.BaseURL), DatabaseURL: cfg.DatabaseURL.Reveal(), Env: cfg.Environ()}
	for _, own := range []string{"LISTEN", "METRICS_LISTEN"} { // each process has its own
		delete(card.Env, config.Prefix+own)
	}
	for _, a := range book.Accounts {
		account := demoAccount{Slug: a.Slug, demoMember: memberOf(a)}
		if a.Second != nil {
			account.Second = memberOf(a.Second)
		}
		card.Organizations = append(card.Organizations, account)
	}
	card.Door = demoDoor{
		URL:      card.BaseURL + "/door#" + book.Door.Token,
		EventURL: card.BaseURL + "/events/" + book.Door.EventID.String(),
	}
	card.Lottery.EventURL = card.BaseURL + "/events/" + book.Lottery.EventID.String()
	card.Lottery.DrawURL = card.Lottery.EventURL + "/draws/" + book.Lottery.PartID.String()
	for _, code := range book.Lottery.Secrets {
		card.Lottery.Tickets = append(card.Lottery.Tickets, card.BaseURL+"/t#"+code)
	}
	card.Paper = demoPaper{
		URL:      card.BaseURL + "/paper",
		EventURL: card.BaseURL + "/events/" + book.Paper.EventID.String(),
		Codes:    book.Paper.Codes,
	}
	for _, t := range book.Tickets {
		card.Tickets = append(card.Tickets, demoTicket{URL: card.BaseURL + "/t#" + t.Secret, Status: string(t.Status)})
	}
	return card
}

// offered is the code of the ticket that is asked.
func offered(book *demo.Book) string {
	for _, t := range book.Tickets {
		if t.Status == ticket.Offered {
			return t.Secret
		}
	}
	return ""
}

func welcome(t terminal, cfg config.Config, book *demo.Book, card string) {
	base := string(cfg.BaseURL)
	fmt.Fprintln(t.out, "\nとなりまち のデモが始まりました。 / The demo is running.")
	for _, line := range []struct{ address, words string }{
		{base + "/", "ページ / pages"},
		{base + "/t", "参加票 / tickets"},
		{base + "/t#" + offered(book), "空いた席のおたずね / a seat that is offered"},
		{base + "/docs", "API"},
		{base + "/door#" + book.Door.Token, "きょうの受付 / today's door, for a phone"},
		{base + "/feeds/all.ics", "カレンダー / calendar feed"},
	} {
		fmt.Fprintf(t.out, "  %-44s %s\n", line.address, line.words)
	}
	fmt.Fprintf(
		t.out,
		"\n  担当者のメール・パスワード・トークン / staff accounts and tokens:\n  %s\n  送るはずのメール / mails it would send:\n  %s\n\n"+
			"Ctrl-C で終わります。 / Ctrl-C ends it.\n",
		card,
		cfg.Mail.Folder,
	)
}

package embedded

import (
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestPrepare(t *testing.T) {
	t.Parallel()
	s := startServer(t, Options{Settings: fast})
	var ownerURL, loginURL string
	var group sync.WaitGroup
	for i := range 4 { // replicas may start together
		group.Go(func() {
			owner, login, err := s.Prepare(t.Context(), "town")
			if err != nil {
				t.Errorf("Prepare: %v", err)
			} else if i == 0 {
				ownerURL, loginURL = owner, login
			}
		})
	}
	group.Wait()
	if ownerURL != s.URL(OwnerRole, "town") || loginURL != s.URL(LoginRole, "town") {
		t.Fatalf("URLs %q, %q", ownerURL, loginURL)
	}

	admin := connect(t, s.AdminURL(""))
	for role, want := range map[string]string{OwnerRole: "login createrole", LoginRole: "login"} {
		got := ask[string](
			t,
			admin,
			`select concat_ws(' ', case when rolcanlogin then 'login' end, case when rolcreaterole
				then 'createrole' end,
			case when rolsuper then 'super' end, case when rolcreatedb then 'createdb' end, case when rolbypassrls
			  then 'bypassrls' end,
			case when rolreplication then 'replication' end) from pg_roles where rolname = $1`,
			role,
		)
		if got != want {
			t.Errorf("%s may %q, want %q", role, got, want)
		}
	}

	owner := connect(t, ownerURL)
	for _, statement := range []string{
		"create extension btree_gist",
		"create table t (id int)",
		"create role tnm_try nologin",
		"grant tnm_try to " + LoginRole,
		"grant select on t to tnm_try",
	} {
		mustExec(t, owner, statement)
	}
	login := connect(t, loginURL)
	for _, statement := range []string{
		"create table mine ()",
		"create schema mine",
		"select * from t",
		"create temporary table mine ()",
		"create role mine",
	} {
		if _, err := login.Exec(t.Context(), statement); err == nil {
			t.Errorf("the login role could %s", statement)
		}
	}
	mustExec(t, login, "set role tnm_try")
	mustExec(t, login, "select * from t")

	mustExec(t, admin, "create role stranger login password 'x'")
	stranger := strings.Replace(s.URL("stranger", "town"), "stranger@", "stranger:x@", 1)
	if conn, err := pgx.Connect(t.Context(), stranger); err == nil {
		_ = conn.Close(t.Context())
		t.Error("a stranger's role can connect")
	}
}

func TestDerivePasswords(t *testing.T) {
	t.Parallel()
	one, err := DerivePasswords("postgres://postgres:secret@h/x")
	if err != nil {
		t.Fatal(err)
	}
	same, err := DerivePasswords("postgres://postgres:secret@other/y")
	if err != nil {
		t.Fatal(err)
	}
	other, err := DerivePasswords("postgres://postgres:else@h/x")
	if err != nil {
		t.Fatal(err)
	}
	if one != same || one == other || one.Owner == one.Login || len(one.Owner) != 32 {
		t.Errorf("derived %v, %v, %v", one, same, other)
	}
	if _, err := DerivePasswords("postgres://u:secret\x00@h"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("bad URL: %v, want an error that keeps the password", err)
	}
}

package config

// help is what a fault tells of a setting: what is wanted, and an example.
var help = map[string]struct{ want, example string }{
	"DATABASE_URL": { //nolint:gosec // an example of the form, nobody's password
		want:    "the PostgreSQL address of the program's login",
		example: "postgres://tonarimachi:password@127.0.0.1:5432/tonarimachi",
	},
	"OWNER_DATABASE_URL": { //nolint:gosec // an example of the form, nobody's password
		want:    "the PostgreSQL address of the schema's owner",
		example: "postgres://tonarimachi_owner:password@127.0.0.1:5432/tonarimachi",
	},
	"SECRET_KEY": {
		want: "one key or, to rotate, several separated by commas (the first signs), each of 32 or more random " +
			"bytes in base64 or hex",
		example: "the output of: openssl rand -base64 32",
	},
	"CONTACT_KEY": {
		want: "the worker's own key or, to rotate, several separated by commas (the first seals), each of 32 or " +
			"more random bytes in base64 or hex, another than SECRET_KEY",
		example: "the output of: openssl rand -base64 32",
	},
	"CONTACT_DIR": {
		want:    "the absolute path of a folder that only the worker reads and no backup holds",
		example: "/var/lib/tonarimachi/contact-keys",
	},
	"SMTP_URL": { //nolint:gosec // an example of the form, nobody's password
		want: "the mail server: smtps://user:password@host:465, smtp://user:password@host:587 (STARTTLS), or " +
			"file:///folder to write mails there",
		example: "smtps://tonarimachi:password@mail.example.jp",
	},
	"MAIL_FROM": {
		want:    "the address mail comes from, without a name",
		example: "oshirase@example.jp",
	},
	"LISTEN": {
		want:    "host:port to listen on",
		example: "127.0.0.1:8080",
	},
	"METRICS_LISTEN": {
		want:    "host:port for the metrics, or nothing to turn them off",
		example: "127.0.0.1:9090",
	},
	"BASE_URL": {
		want:    "the http or https address people use, without path",
		example: "https://tonarimachi.example.jp",
	},
	"TRUSTED_PROXIES": {
		want:    "networks in CIDR form, separated by commas",
		example: "10.0.0.0/8,fd00::/8",
	},
	"UNGUARDED": {
		want: "networks in CIDR form, separated by commas, that take seats without being asked for work; ::/128 " +
			"for none",
		example: "127.0.0.0/8,::1/128",
	},
	"LOG_LEVEL": {
		want:    "debug, info, warn or error",
		example: "info",
	},
	"LOG_FORMAT": {
		want:    "text or json",
		example: "json",
	},
	"DB_POOL_PUBLIC": {
		want:    "a number of connections from 1 to 1000",
		example: "8",
	},
	"DB_POOL_STAFF": {
		want:    "a number of connections from 1 to 1000",
		example: "16",
	},
	"DB_POOL_WORKER": {
		want:    "a number of connections from 1 to 1000",
		example: "4",
	},
	"SHUTDOWN_GRACE": {
		want:    "a duration from 0s to 10m",
		example: "15s",
	},
}

package postgres

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// What people send is in a server's log only by settings that Talk names.
func TestTalkNamesWhatWouldBeWritten(t *testing.T) {
	t.Parallel()
	quiet := map[string]string{
		"log_statement":                     "none",
		"log_min_duration_statement":        "-1",
		"log_min_duration_sample":           "-1",
		"log_statement_sample_rate":         "1",
		"log_transaction_sample_rate":       "0",
		"log_parameter_max_length":          "-1",
		"log_parameter_max_length_on_error": "0",
		"log_error_verbosity":               "terse",
		"log_duration":                      "on",
	}
	for name, tt := range map[string]struct {
		set  string
		want string
	}{
		"quiet":           {"", ""},
		"every statement": {"log_statement=all", "log_parameter_max_length=-1 log_statement=all"},
		"writes, cut": {
			"log_statement=mod log_parameter_max_length=64",
			"log_parameter_max_length=64 log_statement=mod",
		},
		"changes of tables": {"log_statement=ddl", ""},
		"without values":    {"log_statement=all log_min_duration_statement=0 log_parameter_max_length=0", ""},
		"what takes long": {
			"log_min_duration_statement=250",
			"log_min_duration_statement=250 log_parameter_max_length=-1",
		},
		"every duration": {
			"log_min_duration_statement=0",
			"log_min_duration_statement=0 log_parameter_max_length=-1",
		},
		"some of it": {"log_min_duration_sample=10", "log_min_duration_sample=10 log_parameter_max_length=-1"},
		"none of it": {"log_min_duration_sample=10 log_statement_sample_rate=0", ""},
		"some transactions": {
			"log_transaction_sample_rate=0.01",
			"log_parameter_max_length=-1 log_transaction_sample_rate=0.01",
		},
		"errors with values": {
			"log_parameter_max_length_on_error=-1 log_parameter_max_length=0",
			"log_parameter_max_length_on_error=-1",
		},
		"errors with rows": {"log_error_verbosity=default", "log_error_verbosity=default"},
		"more of errors":   {"log_error_verbosity=verbose", "log_error_verbosity=verbose"},
		"plans with values": {"auto_explain.log_min_duration=0 auto_explain.log_parameter_max_length=-1",
			"auto_explain.log_min_duration=0 auto_explain.log_parameter_max_length=-1"},
		"plans without": {"auto_explain.log_min_duration=0 auto_explain.log_parameter_max_length=0", ""},
		"an audit":      {"pgaudit.log=write pgaudit.log_parameter=on", "pgaudit.log=write pgaudit.log_parameter=on"},
	} {
		set := maps.Clone(quiet)
		for _, s := range strings.Fields(tt.set) {
			key, value, _ := strings.Cut(s, "=")
			set[key] = value
		}
		if got := talk(set); strings.Join(got, " ") != tt.want || !slices.IsSorted(got) {
			t.Errorf("%s: %v, want %s", name, got, tt.want)
		}
	}
}

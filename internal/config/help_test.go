package config

import "testing"

func TestEverySettingHasHelp(t *testing.T) {
	t.Parallel()
	count := 0
	for f := range settings() {
		count++
		if h := help[f.Tag.Get("env")]; h.want == "" || h.example == "" {
			t.Errorf("%s: a fault could not tell what is wanted", f.Name)
		}
	}
	if count != len(help) {
		t.Errorf("help for %d settings, there are %d", len(help), count)
	}
}

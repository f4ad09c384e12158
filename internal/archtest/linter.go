package archtest

import (
	"fmt"
	"slices"
	"strings"
)

const modulePath = "github.com/tonarimachi/tonarimachi/"

// Linter gives the text of .golangci.yml with depguard's lists of packages made from the layers:
// the files that a rule is for, what a rule allows, and the packages above the concepts.
func Linter(text string) (string, error) {
	forFiles := map[string][]string{
		"foundation": foundation,
		"renderers":  renderers,
		"concepts":   slices.Concat(ledgers, concepts),
		"couriers":   couriers,
		"handlers":   handlers,
	}
	forAllow := map[string][]string{
		"foundation": foundation,
		"couriers":   slices.Concat(foundation, []string{"internal/contact", "internal/notice"}),
	}
	var out []string
	rule, made, skip := "", 0, ""
	for line := range strings.SplitSeq(text, "\n") {
		if skip != "" && strings.HasPrefix(line, skip) {
			continue // an entry of the list that was just made
		}
		skip = ""
		if name, ok := strings.CutSuffix(line, ":"); ok && strings.HasPrefix(name, "        ") && name[8] != ' ' {
			rule = name[8:]
		}
		switch {
		case strings.HasPrefix(line, "          files: [\"**/internal/") && forFiles[rule] != nil:
			line = fmt.Sprintf(`          files: ["**/internal/%s/**", "!$test"]`, braces(forFiles[rule]))
			made++
		case strings.HasPrefix(line, "          allow:") && !strings.Contains(line, "*") && forAllow[rule] != nil:
			out = append(out, line)
			skip = "            - "
			for _, p := range forAllow[rule] {
				out = append(out, skip+modulePath+p)
			}
			made++
			continue
		case rule == "concepts" && strings.Contains(line, modulePath+"web,"):
			out = append(out, line)
			skip = "            - {pkg: " + modulePath + "internal/"
			for _, p := range handlers {
				out = append(
					out,
					fmt.Sprintf("            - {pkg: %s%s, desc: concepts stand below the handlers}", modulePath, p),
				)
			}
			made++
			continue
		}
		out = append(out, line)
	}
	if want := len(forFiles) + len(forAllow) + 1; made != want {
		return "", fmt.Errorf("found %d of %d lists of packages in .golangci.yml", made, want)
	}
	return strings.Join(out, "\n"), nil
}

// braces is a pattern for any of the packages, all of them below internal.
func braces(packages []string) string {
	names := make([]string, 0, len(packages))
	for _, p := range packages {
		names = append(names, strings.TrimPrefix(p, "internal/"))
	}
	if len(names) == 1 {
		return names[0]
	}
	return "{" + strings.Join(names, ",") + "}"
}

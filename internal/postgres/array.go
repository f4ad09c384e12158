package postgres

import (
	"database/sql/driver"
	"strings"
)

// TextArray writes strings as a text[] value through database/sql, where a plain slice would be
// spread into a list by GORM.
func TextArray[T ~string](values []T) driver.Valuer { return textArray[T](values) }

type textArray[T ~string] []T

// Value is an array literal (PostgreSQL manual 8.15.2): every element quoted, quotes and
// backslashes escaped.
func (a textArray[T]) Value() (driver.Value, error) {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	quoted := make([]string, len(a))
	for i, v := range a {
		quoted[i] = `"` + escape.Replace(string(v)) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}", nil
}

package check

import (
	"reflect"
	"slices"
	"strings"

	"github.com/tonarimachi/tonarimachi/internal/text"
)

// Tidy gives a copy of an input whose texts are in their stored form: a field with the tag line is
// one tidy line, one with paragraphs has tidy paragraphs. A text that breaks its rule stays as it
// is, for Rules to refuse. What the caller's pointers and slices hold is not touched.
func Tidy[T any](input T) T {
	tidied := input
	tidyValue(reflect.ValueOf(&tidied).Elem(), nil)
	return tidied
}

// tidyValue tidies a value that can be set; clean is what its field's tag asks for, nil for
// nothing.
func tidyValue(v reflect.Value, clean func(string) (string, bool)) {
	switch v.Kind() {
	case reflect.String:
		if clean == nil {
			return
		}
		if tidied, ok := clean(v.String()); ok {
			v.SetString(tidied)
		}
	case reflect.Pointer:
		if v.IsNil() || !holdsText(v.Type().Elem()) {
			return
		}
		own := reflect.New(v.Type().Elem())
		own.Elem().Set(v.Elem())
		tidyValue(own.Elem(), clean)
		v.Set(own)
	case reflect.Slice:
		if v.IsNil() || !holdsText(v.Type().Elem()) {
			return
		}
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		for i := range own.Len() {
			tidyValue(own.Index(i), clean)
		}
		v.Set(own)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				tidyValue(v.Field(i), cleaner(field.Tag.Get("validate")))
			}
		}
	}
}

// holdsText says whether a value of the type can have a text in it.
func holdsText(t reflect.Type) bool {
	return slices.Contains([]reflect.Kind{reflect.String, reflect.Struct, reflect.Slice, reflect.Pointer}, t.Kind())
}

func cleaner(tag string) func(string) (string, bool) {
	rules := strings.Split(tag, ",")
	switch {
	case slices.Contains(rules, "line"):
		return text.Line
	case slices.Contains(rules, "paragraphs"):
		return text.Paragraphs
	}
	return nil
}

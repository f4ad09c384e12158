package maplink

import "testing"

func TestLinks(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		Address("文京区本郷4-15-14"): "https://www.openstreetmap.org/search?query=" +
			"%E6%96%87%E4%BA%AC%E5%8C%BA%E6%9C%AC%E9%83%B74-15-14",
		Place("本郷4-15-14 会議室A"): "https://www.google.com/maps/search/?api=1&query=" +
			"%E6%9C%AC%E9%83%B74-15-14+%E4%BC%9A%E8%AD%B0%E5%AE%A4A",
		Point(35.7089, 139.7526): "https://www.google.com/maps/search/?api=1&query=35.708900%2C139.752600",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

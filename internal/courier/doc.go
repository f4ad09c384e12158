// Package courier carries notices out of the house: mail over SMTP, web pushes over HTTPS, and mail
// into a folder where nothing is to be sent.
//
// What leaves through here is seen by others: a mail server sees the address and the words, a push
// service the subscription and when. Nothing that an address could be read from stands in an error.
package courier

// Package caller tells handlers who sent a request and what they presented: the staff's session, a
// participation code, the token of a day link, the language of the answer. The admission of routes
// puts it into the context, handlers read it.
package caller

// Package organization holds the tenants: municipalities (自治体), the partner groups (連携団体) they
// vouch for, and partnerships (広域連携), the standing agreements between them.
//
// What an organization says of itself is public. Its own staff change it; a municipality's staff
// register partner groups; municipalities and partnerships are set up by the operator. A
// municipality has its 全国地方公共団体コード, a partner group has none and has one municipality that
// registered it. Kind and slug never change: addresses, tokens and feeds are built on them.
//
// An organization whose part came to its end is closed by the operator (ADR 0021): it stays to be
// seen, and nobody works for it any more.
package organization

// Package shell is what all pages share: the frame around them, the reader's
// language, what a reader looks at (View), links, crumbs and tabs, errors as
// sentences, streams of events and the progress of jobs.
//
//	request ─▶ View (from the address) ─▶ an area asks the desk ─▶ Show: template, frame ─▶ browser
//
// An area is a group of pages in a package of its own: it has templates, mounts
// its patterns on the Site, and knows no other area. Every view has an address of
// its own that says all that is shown, and every link is relative, so that the
// pages also work below a prefix of another server.
package shell

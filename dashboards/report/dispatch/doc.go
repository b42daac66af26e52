// Package dispatch makes reports when they are due and sends them: the part of
// reporting that has a clock.
//
//	schedule.yaml ─▶ RunDue ─▶ compose ─▶ pdf, docx, xlsx, html ─▶ archive ─▶ mail, folder
//	                    │                                             ▲
//	                    └ journal: begun, done, failed, skipped ──────┘ asked after a crash
//
// Every occurrence of the schedule is made once. The journal says before the work that
// it has begun and after it that it is done; both are whole files, replaced by
// renaming. After a crash between the two the archive tells what was made and where it
// arrived already, and only the rest is done. One moment remains that no journal can
// close: a crash after the mail server took a message and before that was noted. The
// message is then sent again under the same Message-ID, by which servers and readers
// know it as the same.
//
// What pages and commands ask of an Office: Make (a report now, in a format), Send,
// Sent and File (what was sent), Entries and Change (the schedule), Journal (what became
// of what was due), RunDue and Serve, Notes (a sender of short notes).
//
// Nothing here knows how a report is composed: that is a Composer.
package dispatch

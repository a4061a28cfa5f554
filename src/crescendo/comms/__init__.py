"""Telling people: the outbox, the in-app inbox, and e-mail.

Words: an *outbox entry* says that something happened and who should know; it is written in the same transaction as the
event, so there is never one without the other. A *delivery* is that entry on its way to one person by one channel.
An *audience* turns an entry into people; a *kind* turns it into words.

comms knows recipients, not students. Whether a person may (still) hear about an object is asked of the app that owns
the object, at the moment of sending and again whenever the inbox is opened. No answer means no.
"""

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may wait in the kernel without an end: one write into an attribute returns once the page
 * maps of a large region are made, or what is stuck lets go. While it does, a thread says that it
 * still goes on, through progress.h. The thread is started by the first that is watched, sleeps
 * between them, and costs one that is soon over next to nothing.
 *
 *	WATCH("binding device", name);	until the end of the block
 */
#ifndef RAMDAX_WATCH_H
#define RAMDAX_WATCH_H

#include "cleanup.h"

#define WATCH(doing, name) \
	_cleanup_(watch_end) _unused_ bool watch_is_mine = watch_begin(doing, name)

/*
 * Both strings must live until the end; @name may be NULL. Any thread may ask. One is watched at a
 * time: what begins meanwhile, within it or beside it, is part of it, and false is returned.
 * Nothing is said any more once the process that waits for this one is gone. A child process begins
 * with nothing watched.
 */
bool watch_begin(const char *doing, const char *name);

/* Ends it if it is *@mine: then its line is off the terminal, and the thread says nothing. */
void watch_end(const bool *mine);

#endif

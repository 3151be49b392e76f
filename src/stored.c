// SPDX-License-Identifier: GPL-2.0-or-later
#include "stored.h"

#include "sha256.h"

void stored_print(struct layout *layout, int root_fd, struct fault_list *faults, struct text *out)
{
	layout_resolve_owners(layout, root_fd, faults);
	layout_print(layout, out);
}

static void note_digest(void *layout)
{
	_cleanup_(text_release) struct text text = {0};

	layout_print(layout, &text);
	sha256_hex(text_str(&text), text.len, ((struct layout *)layout)->resolved);
}

void stored_digest_later(struct layout *layout, int root_fd, struct later *later)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};

	if (*layout->resolved)
		return;
	layout_resolve_owners(layout, root_fd, &faults);
	later_start(later, note_digest, layout);
}

void stored_digest(struct layout *layout, int root_fd)
{
	struct later later = {0};

	stored_digest_later(layout, root_fd, &later);
	later_wait(&later);
}

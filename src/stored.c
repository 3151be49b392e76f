// SPDX-License-Identifier: GPL-2.0-or-later
#include "stored.h"

#include "sha256.h"

void stored_print(struct layout *layout, int root_fd, struct fault_list *faults, struct text *out)
{
	layout_resolve_owners(layout, root_fd, faults);
	layout_print(layout, out);
}

void stored_digest(struct layout *layout, int root_fd)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	_cleanup_(text_release) struct text text = {0};

	if (*layout->resolved)
		return;
	stored_print(layout, root_fd, &faults, &text);
	sha256_hex(text_str(&text), text.len, layout->resolved);
}

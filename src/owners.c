// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of owners and groups -> numbers, of the root the layout is for. */
#include <inttypes.h>
#include <string.h>

#include "layout-parse.h"
#include "mem.h"
#include "sysfs.h"
#include "text.h"

/* Larger user databases are not kept in files. */
#define DATABASE_MAX (16 * MIB)

bool owner_number(const char *owner, uint64_t *id)
{
	return *owner && strspn(owner, "0123456789") == strlen(owner) &&
	       number_parse(owner, id) == 0 && *id <= OWNER_ID_MAX;
}

/* The third field of the line of @database (passwd or group) whose first is @name. */
static bool id_find(const char *database, const char *name, uint64_t *id)
{
	size_t n = strlen(name);

	for (const char *line = database; line; line = strchr(line, '\n')) {
		_cleanup_(freep) char *field = NULL;
		const char *s;

		line += *line == '\n';
		if (strncmp(line, name, n) != 0 || line[n] != ':')
			continue;
		s = line + n + 1;
		s += strcspn(s, ":\n");
		if (*s++ != ':')
			continue;
		field = mem_strndup(s, strcspn(s, ":\n"));
		if (owner_number(field, id))
			return true;
	}
	return false;
}

/* Copies by count are of one line, which is told once. */
static bool is_said(const struct fault_list *faults, unsigned line, const char *text)
{
	for (size_t i = faults->n; i > 0 && faults->items[i - 1].line == line; i--)
		if (!strcmp(faults->items[i - 1].text, text))
			return true;
	return false;
}

static void owner_resolve(char **owner, const char *what, const char *database, unsigned line,
			  struct fault_list *faults)
{
	uint64_t id;

	if (!*owner || owner_number(*owner, &id))
		return;
	/* The one name every root gives the same number, even one without a database. */
	if (!strcmp(*owner, "root")) {
		id = 0;
	} else if (!id_find(database, *owner, &id)) {
		_cleanup_(freep) char *shown = toml_quoted(*owner, strlen(*owner));
		_cleanup_(freep) char *fault = mem_printf("unknown %s %s", what, shown);

		if (!is_said(faults, line, fault))
			fault_add(faults, line, 1, "%s", fault);
		return;
	}
	free(*owner);
	*owner = mem_printf("%" PRIu64, id);
}

void layout_resolve_owners(struct layout *layout, int root_fd, struct fault_list *faults)
{
	_cleanup_(text_release) struct text users = {0}, groups = {0};
	const struct sysfs fs = {.root_fd = root_fd};

	/* A database that cannot be read knows nobody. */
	sysfs_read_all(&fs, &users, DATABASE_MAX, "etc/passwd");
	sysfs_read_all(&fs, &groups, DATABASE_MAX, "etc/group");
	for (size_t i = 0; i < layout->n_regions; i++) {
		struct layout_region *r = &layout->regions[i];

		for (size_t k = 0; k < r->n_namespaces; k++) {
			struct layout_namespace *ns = &r->namespaces[k];

			owner_resolve(&ns->owner, "user", text_str(&users), ns->line, faults);
			owner_resolve(&ns->group, "group", text_str(&groups), ns->line, faults);
		}
	}
}

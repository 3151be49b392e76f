// SPDX-License-Identifier: GPL-2.0-or-later
#include "json-layout.h"

#include "json-make.h"

void json_add_origin(struct json_object *parent, const struct layout *layout, unsigned line)
{
	json_add_string(parent, "file", line ? layout_file_of(&layout->files, line) : NULL);
	json_add_number_if(parent, "line", line, layout_line_of(line));
}

void json_add_layout(struct json_object *parent, const struct layout *layout)
{
	struct json_object *drop_ins;

	json_add_string(parent, "path", layout ? layout_path(layout) : NULL);
	json_add_string(parent, "sha256", layout ? layout->sha256 : NULL);
	drop_ins = json_add_array(parent, "drop_ins");
	for (size_t i = 1; layout && i < layout->files.n; i++)
		json_object_array_add(drop_ins,
				      json_object_new_string(layout->files.items[i].path));
}

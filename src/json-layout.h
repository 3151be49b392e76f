/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What JSON documents say of the layout, the reports and ramdax-verify's alike.
 */
#ifndef RAMDAX_JSON_LAYOUT_H
#define RAMDAX_JSON_LAYOUT_H

#include <json-c/json.h>

#include "layout.h"

/* "file" and "line" of @line; both null if it is 0, for which @layout may be NULL. */
void json_add_origin(struct json_object *parent, const struct layout *layout, unsigned line);

/* "path", "sha256" and "drop_ins"; null and empty if @layout is NULL. */
void json_add_layout(struct json_object *parent, const struct layout *layout);

#endif

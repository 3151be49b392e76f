/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RAMDAX_TOML_PRINT_H
#define RAMDAX_TOML_PRINT_H

#include "text.h"
#include "toml.h"

/* Remarks begin here, or one column behind what is longer. */
#define TOML_REMARK_COLUMN 40

/* Adds what a comment says of what stands in @line; no line break. */
typedef void toml_remark(const void *context, unsigned line, struct text *out);

/*
 * Writes the tree so that it reads back as the same: a line for each key and each header, tables
 * and arrays of tables headed, with @remark's comment behind it (NULL: none). Tables within other
 * arrays than [[those]] are written inline.
 */
void toml_print(const struct toml *root, toml_remark *remark, const void *context,
		struct text *out);

#endif

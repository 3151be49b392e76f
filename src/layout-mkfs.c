// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * More arguments for mkfs: what would set UUID, label, place or size, name another device or read
 * a file is refused, in every way in which getopt(3) lets it be written.
 */
#include <string.h>

#include "layout-parse.h"
#include "text.h"

/* Options that take a value which may be an argument of its own: e2fsprogs 1.47, xfsprogs 6.1,
 * btrfs-progs 6.2, dosfstools 4.2. */
static const struct program {
	const char *letters;
	const char *words[16]; /* long options, without the dashes */
} programs[] = {
	[FS_NONE] = {.letters = ""},
	[FS_EXT4] = {.letters = "bdegilmorstzCEGIJLMNORTU"},
	[FS_EXT2] = {.letters = "bdegilmorstzCEGIJLMNORTU"},
	[FS_XFS] = {.letters = "bcdilmnprsL"},
	[FS_BTRFS] = {"AbdlmnrsLORU",
		      {"alloc-start", "byte-count", "checksum", "csum", "data", "features", "label",
		       "leafsize", "metadata", "nodesize", "rootdir", "runtime-features",
		       "sectorsize", "uuid"}},
	[FS_VFAT] = {"bDfFghilmMnrRsS", {"codepage", "offset", "variant"}},
};

#define TO(type) (1U << (type))
#define TO_EXT   (TO(FS_EXT4) | TO(FS_EXT2))

/* Part is a suboption: what stands before "=" in a comma list. */
static const struct refused {
	unsigned types;
	const char *option, *part;
	const char *why;
} refusals[] = {
	{TO_EXT, "L", NULL, "sets the label: write \"label\" instead"},
	{TO_EXT, "U", NULL, "sets the UUID: write \"uuid\" instead"},
	{TO_EXT, "E", "offset", "moves the file system"},
	{TO_EXT, "J", "device", "names another device"},
	{TO_EXT, "O", "journal_dev", "makes no file system"},
	{TO_EXT, "d", NULL, "reads files"},
	{TO_EXT, "l", NULL, "reads a file"},
	{TO_EXT, "n", NULL, "makes no file system"},
	{TO_EXT, "S", NULL, "makes no file system"},
	{TO_EXT, "t", NULL, "sets the type: write \"type\" instead"},
	{TO_EXT, "V", NULL, "makes no file system"},
	{TO_EXT, "z", NULL, "writes a file"},
	{TO(FS_XFS), "L", NULL, "sets the label: write \"label\" instead"},
	{TO(FS_XFS), "m", "uuid", "sets the UUID: write \"uuid\" instead"},
	{TO(FS_XFS), "c", NULL, "reads a file"},
	{TO(FS_XFS), "d", "size", "sets the size"},
	{TO(FS_XFS), "d", "file", "names another device"},
	{TO(FS_XFS), "d", "name", "names another device"},
	{TO(FS_XFS), "l", "file", "names another device"},
	{TO(FS_XFS), "l", "name", "names another device"},
	{TO(FS_XFS), "l", "logdev", "names another device"},
	{TO(FS_XFS), "r", "file", "names another device"},
	{TO(FS_XFS), "r", "name", "names another device"},
	{TO(FS_XFS), "r", "rtdev", "names another device"},
	{TO(FS_XFS), "N", NULL, "makes no file system"},
	{TO(FS_XFS), "p", NULL, "reads files"},
	{TO(FS_XFS), "V", NULL, "makes no file system"},
	{TO(FS_BTRFS), "L", NULL, "sets the label: write \"label\" instead"},
	{TO(FS_BTRFS), "label", NULL, "sets the label: write \"label\" instead"},
	{TO(FS_BTRFS), "U", NULL, "sets the UUID: write \"uuid\" instead"},
	{TO(FS_BTRFS), "uuid", NULL, "sets the UUID: write \"uuid\" instead"},
	{TO(FS_BTRFS), "b", NULL, "sets the size"},
	{TO(FS_BTRFS), "byte-count", NULL, "sets the size"},
	{TO(FS_BTRFS), "r", NULL, "reads files"},
	{TO(FS_BTRFS), "rootdir", NULL, "reads files"},
	{TO(FS_BTRFS), "shrink", NULL, "sets the size"},
	{TO(FS_BTRFS), "V", NULL, "makes no file system"},
	{TO(FS_BTRFS), "version", NULL, "makes no file system"},
	{TO(FS_BTRFS), "help", NULL, "makes no file system"},
	{TO(FS_VFAT), "n", NULL, "sets the label: write \"label\" instead"},
	{TO(FS_VFAT), "i", NULL, "sets the UUID: write \"uuid\" instead"},
	{TO(FS_VFAT), "invariant", NULL, "sets the UUID: write \"uuid\" instead"},
	{TO(FS_VFAT), "C", NULL, "makes a file"},
	{TO(FS_VFAT), "l", NULL, "reads a file"},
	{TO(FS_VFAT), "m", NULL, "reads a file"},
	{TO(FS_VFAT), "offset", NULL, "moves the file system"},
	{TO(FS_VFAT), "help", NULL, "makes no file system"},
};

static bool applies(const struct refused *r, enum fs_type type, bool is_word)
{
	return r->types & TO(type) && (strlen(r->option) > 1) == is_word;
}

/* Whether one of the suboptions in the comma list @value is named @part. */
static bool has_part(const char *value, const char *part)
{
	size_t n = strlen(part);

	for (const char *s = value; s; s = strchr(s, ',')) {
		s += *s == ',';
		if (!strncmp(s, part, n) && (s[n] == '=' || s[n] == ',' || !s[n]))
			return true;
	}
	return false;
}

static void refuse(struct fault_list *faults, enum fs_type type, const struct toml *v,
		   const struct refused *r)
{
	FAULT_VALUE(faults, v, "mkfs.%s option \"%s%s%s%s\" %s", fs_name(type),
		    strlen(r->option) > 1 ? "--" : "-", r->option, r->part ? " " : "",
		    r->part ? r->part : "", r->why);
}

static void check_letter(struct fault_list *faults, enum fs_type type, const struct toml *v,
			 char letter, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct refused *r = &refusals[i];

		if (applies(r, type, false) && r->option[0] == letter &&
		    (!r->part || (value && has_part(value, r->part)))) {
			refuse(faults, type, v, r);
			return;
		}
	}
}

/* Options in one word, "-Fm0": the last may take a value, here or in @next. True if it took
 * @next. */
static bool check_letters(struct fault_list *faults, enum fs_type type, const struct toml *v,
			  const struct toml *next)
{
	for (const char *s = v->string + 1; *s; s++) {
		bool takes = strchr(programs[type].letters, *s);

		if (takes && !s[1] && !next)
			FAULT_VALUE(faults, v, "mkfs.%s option \"-%c\" takes a value",
				    fs_name(type), *s);
		check_letter(faults, type, v, *s,
			     !takes ? NULL
			     : s[1] ? s + 1
			     : next ? next->string
				    : NULL);
		if (takes)
			return !s[1] && next;
	}
	return false;
}

/* A long option, perhaps cut short. True if its value is the next argument. */
static bool check_word(struct fault_list *faults, enum fs_type type, const struct toml *v)
{
	const char *word = v->string + 2, *const *known = programs[type].words;
	size_t n = strcspn(word, "=");

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (applies(&refusals[i], type, true) && !strncmp(refusals[i].option, word, n)) {
			refuse(faults, type, v, &refusals[i]);
			break;
		}
	for (size_t i = 0; !word[n] && i < ARRAY_SIZE(programs[type].words) && known[i]; i++)
		if (!strncmp(known[i], word, n))
			return true;
	return false;
}

void check_options(struct fault_list *faults, enum fs_type type, const struct toml *options)
{
	for (size_t i = 0; i < options->n; i++) {
		const struct toml *v = options->items[i];
		const struct toml *next = i + 1 < options->n ? options->items[i + 1] : NULL;

		if (v->string[0] != '-' || !v->string[1] || !strcmp(v->string, "--")) {
			_cleanup_(freep) char *shown = SHOWN(v);

			FAULT_VALUE(faults, v,
				    "%s is no option of mkfs.%s: device and size are "
				    "given by ramdax",
				    shown, fs_name(type));
		} else if (v->string[1] == '-') {
			i += check_word(faults, type, v);
		} else {
			i += check_letters(faults, type, v, next);
		}
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The parsers of bytes that are not ours, on what real machines hold, cut short and changed at
 * random: the same every time, and with RAMDAX_LONG set for much longer.
 */
#include "../fuzz/fuzz-machine.c"

#include "unit.h"

#include "sysfs.h"

#define ROUNDS      2000 /* for each of the samples */
#define ROUNDS_LONG 200000

static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

/* xorshift64 */
static size_t chance(size_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? state % below : 0;
}

static const struct {
	uint8_t parser;
	const char *file;
} files[] = {
	{0, "four-modes-7.3.4/sys/kernel/boot_params/data"},
	{1, "four-modes-7.3.4/proc/iomem"},
	{2, "two-nodes-7.3.4/sys/firmware/acpi/tables/SRAT"},
};

static const struct {
	uint8_t parser;
	const char *text;
} texts[] = {
	{3, "\x0axxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
	{4, "36 35 259:3 / /srv/my\\040files rw shared:1 - ext4 /dev/pmem0 rw,dax=always"},
	{4, "7f0000000000-7f0000200000 rw-s 00000000 00:06 231    /dev/dax0.1"},
	{5, "quiet root=\"a b\" memmap=512M!4G,1G!0x200000000 memmap=10M$1G -- x"},
};

static void mutate(const struct text *sample)
{
	const char *long_run = getenv("RAMDAX_LONG");
	size_t rounds = long_run && *long_run ? ROUNDS_LONG : ROUNDS;
	uint8_t *input = mem_calloc(1, sample->len);

	for (size_t i = 0; i < rounds; i++) {
		size_t size = sample->len;

		memcpy(input, sample->s, size);
		if (i % 4 == 1)
			size = 1 + chance(size);
		for (size_t n = chance(8); i && n; n--)
			input[1 + chance(size - 1)] = (uint8_t)chance(256);
		LLVMFuzzerTestOneInput(input, size);
	}
	free(input);
}

static void captured_bytes_changed_at_random(void)
{
	struct sysfs fs;

	if (!CHECK_INT(sysfs_open(&fs, "tests/machines"), 0))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_(text_release) struct text sample = {0};

		text_add_char(&sample, (char)files[i].parser);
		if (CHECK_INT(sysfs_read_all(&fs, &sample, 1 << 20, "%s", files[i].file), 0) &&
		    CHECK(sample.len > 32))
			mutate(&sample);
	}
	sysfs_close(&fs);
}

static void lines_changed_at_random(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_(text_release) struct text sample = {0};

		text_add_char(&sample, (char)texts[i].parser);
		text_add(&sample, texts[i].text);
		CHECK(sample.len > 32);
		mutate(&sample);
	}
}

UNIT_TESTS(UNIT(captured_bytes_changed_at_random), UNIT(lines_changed_at_random))

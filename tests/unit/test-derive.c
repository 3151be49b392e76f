// SPDX-License-Identifier: GPL-2.0-or-later
/* Derived UUIDs are frozen: another answer here breaks every machine's UUID= lines. */
#include <string.h>

#include "derive.h"
#include "unit.h"

static const char *text_of(const uuid_t uuid)
{
	static char s[UUID_STR_LEN];

	uuid_unparse_lower(uuid, s);
	return s;
}

static const char *of_namespace(const char *seed_text, const char *name)
{
	uuid_t seed, uuid;

	uuid_parse(seed_text, seed);
	derive_namespace_uuid(seed, name, uuid);
	return text_of(uuid);
}

static const char *of_info(const struct layout_namespace *ns, uint64_t raw)
{
	uuid_t seed, uuid;

	uuid_parse(DERIVE_DEFAULT_SEED, seed);
	derive_info_uuid(seed, ns, raw, uuid);
	return text_of(uuid);
}

static void of_the_contract(void)
{
	uuid_t seed, uuid;

	uuid_parse(DERIVE_DEFAULT_SEED, seed);
	CHECK_STR(of_namespace(DERIVE_DEFAULT_SEED, "images"),
		  "2f62bc6e-b3ce-5422-ae6e-0bda41420139");
	derive_filesystem_uuid(seed, "images", uuid);
	CHECK_STR(text_of(uuid), "aeaa7d06-fa4f-5d63-a5cd-5d3094daf764");
}

static void of_names_in_other_scripts_and_other_seeds(void)
{
	CHECK_STR(of_namespace(DERIVE_DEFAULT_SEED, "Größe"),
		  "ef54795c-c66a-5433-9714-a32927135e44");
	CHECK_STR(of_namespace("8f0f2c1e-27a1-4f0b-8d3e-5b9a3c1d7e42", "images"),
		  "818124c7-a2d9-5e85-b2a6-2d2074f516c7");
}

/* Also computed by Python's uuid5(), of the names in the comments. */
static void of_info_blocks(void)
{
	/* ramdax:info:images:fsdax:2097152:dev:34913386496:ext4 */
	struct layout_namespace fsdax = {
		.name = (char[]){"images"},
		.mode = MODE_FSDAX,
		.align = 2 * MIB,
		.map = MAP_DEV,
		.fs.type = FS_EXT4,
	};
	/* ramdax:info:images:sector:4096::1073741824: */
	struct layout_namespace sector = {
		.name = (char[]){"images"},
		.mode = MODE_SECTOR,
		.sector_size = 4096,
	};
	/* ramdax:info:vm:devdax:1073741824:mem:8606711808: */
	struct layout_namespace devdax = {
		.name = (char[]){"vm"},
		.mode = MODE_DEVDAX,
		.align = GIB,
		.map = MAP_MEM,
	};

	CHECK_STR(of_info(&fsdax, UINT64_C(34913386496)), "06e264de-1064-5aa7-828a-a0f1e9a11d64");
	CHECK_STR(of_info(&sector, GIB), "80c503bc-0cd6-5237-918c-1d8698061b80");
	CHECK_STR(of_info(&devdax, UINT64_C(8606711808)), "efe6d15d-1fa7-52c8-807f-dd72c96c0384");
}

UNIT_TESTS(UNIT(of_the_contract), UNIT(of_names_in_other_scripts_and_other_seeds),
	   UNIT(of_info_blocks))

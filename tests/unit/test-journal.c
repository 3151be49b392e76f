// SPDX-License-Identifier: GPL-2.0-or-later
/* Datagrams that journald would get, at a socket below another root. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "report-log.h"
#include "scene.h"
#include "unit.h"

#define ENTRY_MAX 4096

static const struct plan_options options;
static char root[] = "/tmp/ramdax-journal.XXXXXX";

/* The socket of a root with a long path, so that the path cannot be the address. */
static int journald(struct sysfs *fs, bool listens)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	static const char *const parts[] = {"/run", "/run/systemd", "/run/systemd/journal"};

	strcpy(root + strlen(root) - 6, "XXXXXX");
	CHECK(mkdtemp(root));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		_cleanup_(freep) char *path = mem_printf("%s%s", root, parts[i]);

		CHECK_INT(mkdir(path, 0700), 0);
	}
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/systemd/journal/socket", root);
	if (listens)
		CHECK_INT(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	CHECK_INT(sysfs_open(fs, root), 0);
	return fd;
}

static void gone(struct sysfs *fs, int fd)
{
	static const char *const parts[] = {"/run/systemd/journal/socket", "/run/systemd/journal",
					    "/run/systemd", "/run", ""};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		_cleanup_(freep) char *path = mem_printf("%s%s", root, parts[i]);

		remove(path);
	}
	sysfs_close(fs);
	close(fd);
}

/* The next entry with a newline before it; "" if there is none. */
static const char *next_entry(int fd)
{
	static char entry[ENTRY_MAX + 2];
	ssize_t n = recv(fd, entry + 1, ENTRY_MAX, 0);

	entry[0] = '\n';
	entry[n > 0 ? n + 1 : 0] = '\0';
	return entry;
}

/* Whether @entry has each of the lines. */
static bool has(const char *entry, const char *const *lines)
{
	bool all = true;

	for (; *lines; lines++) {
		_cleanup_(freep) char *line = mem_printf("\n%s\n", *lines);

		if (!CHECK(strstr(entry, line))) {
			printf("# \"%s\" is not in:%s\n", *lines, entry);
			all = false;
		}
	}
	return all;
}

static void see_three(struct scene *s, struct outcome *outcome)
{
	scene_make(s, 8 * GIB, LABEL_AREA_SIZE);
	scene_declare(s, "images", MODE_RAW, GIB);
	scene_declare(s, "gu\nest", MODE_DEVDAX, 1022 * MIB)->required = true;
	scene_declare(s, "other", MODE_RAW, GIB);
	scene_bind(s);
	scene_see(s, "images", MODE_RAW, SCENE_START, GIB);
	scene_see(s, "gu\nest", MODE_RAW, SCENE_START + 2 * GIB, GIB);
	scene_see(s, "other", MODE_RAW, SCENE_START + 4 * GIB, GIB);
	*outcome = (struct outcome){.machine = &s->machine, .status = STATUS_CONFLICT};
	outcome->plan = plan_make(&s->layout, &s->machine, &options);
	outcome->spent.us[SPENT_MKFS] = 1850000;
}

static void each_namespace_is_an_entry(void)
{
	struct done_step done = {.kind = STEP_CREATE, .object = (char *)"images"};
	struct outcome outcome;
	struct sysfs fs;
	struct scene s;
	int fd = journald(&fs, true);

	see_three(&s, &outcome);
	outcome_add(&outcome, &done);
	CHECK(report_journal(&fs, &outcome, NULL));
	has(next_entry(fd),
	    (const char *const[]){"MESSAGE=namespace \"images\" was made by this boot",
				  "MESSAGE_ID=" MESSAGE_CREATED, "PRIORITY=6",
				  "SYSLOG_IDENTIFIER=ramdax", "RAMDAX_NAMESPACE=images",
				  "RAMDAX_REGION=vmcache", "RAMDAX_STATE=created",
				  "RAMDAX_DEVICE=/dev/pmem0.1",
				  "RAMDAX_UUID=2f62bc6e-b3ce-5422-ae6e-0bda41420139", NULL});
	/* What is required and not as declared is an error, and no name makes a line of its own. */
	has(next_entry(fd), (const char *const[]){"MESSAGE_ID=" MESSAGE_CONFLICT, "PRIORITY=3",
						  "RAMDAX_NAMESPACE=gu\xef\xbf\xbd"
						  "est",
						  "RAMDAX_REASON=mode is raw, not devdax", NULL});
	has(next_entry(fd),
	    (const char *const[]){"MESSAGE_ID=" MESSAGE_ADOPTED, "RAMDAX_NAMESPACE=other", NULL});
	CHECK_STR(next_entry(fd), "");
	scene_outcome_release(&outcome);
	plan_free(outcome.plan);
	gone(&fs, fd);
	scene_release(&s);
}

/* A later run of the same boot tells only what has changed. */
static void nothing_is_told_twice(void)
{
	_cleanup_(text_release) struct text json = {0};
	struct boot_record *record;
	struct outcome outcome;
	struct sysfs fs;
	struct scene s;
	int fd = journald(&fs, true);

	see_three(&s, &outcome);
	for (int told = 0; told < 2; told++) {
		outcome.told = told;
		text_release(&json);
		report_json_status(&s.machine, outcome.plan, &outcome, NULL, STATUS_OK, &json);
		record = boot_record_parse(text_str(&json), json.len, SCENE_BOOT);
		CHECK(report_journal(&fs, &outcome, record));
		for (int i = 0; i < (told ? 0 : 3); i++)
			CHECK(strstr(next_entry(fd), "\nRAMDAX_STATE="));
		CHECK_STR(next_entry(fd), "");
		if (!told)
			boot_record_free(record);
	}
	s.seen.namespaces[2].mode = MODE_FSDAX;
	plan_free(outcome.plan);
	outcome.plan = plan_make(&s.layout, &s.machine, &options);
	CHECK(report_journal(&fs, &outcome, record));
	has(next_entry(fd),
	    (const char *const[]){"RAMDAX_NAMESPACE=other", "RAMDAX_STATE=conflict", NULL});
	CHECK_STR(next_entry(fd), "");
	boot_record_free(record);
	plan_free(outcome.plan);
	gone(&fs, fd);
	scene_release(&s);
}

/* Nobody there, and somebody who never reads: neither is waited for. */
static void nothing_waits_for_journald(void)
{
	struct outcome outcome;
	struct sysfs fs;
	struct scene s;
	bool all = true;
	int fd = journald(&fs, false);

	see_three(&s, &outcome);
	CHECK(!report_journal(&fs, &outcome, NULL));
	gone(&fs, fd);
	fd = journald(&fs, true);
	for (int i = 0; i < 1000 && all; i++)
		all = report_journal(&fs, &outcome, NULL);
	CHECK(!all);
	gone(&fs, fd);
	plan_free(outcome.plan);
	scene_release(&s);
}

static void one_line_says_all(void)
{
	_cleanup_(text_release) struct text text = {0};
	struct outcome outcome;
	struct scene s;

	see_three(&s, &outcome);
	report_summary(&outcome, NULL, &text);
	CHECK_STR(text_str(&text),
		  "1 region, 3 namespaces: 0 created, 2 adopted, 1 conflict; 1.9 s "
		  "(status 5); volatile RAM");
	plan_free(outcome.plan);
	scene_see(&s, "theirs", MODE_RAW, SCENE_START + 6 * GIB, GIB);
	scene_declare(&s, "late", MODE_RAW, 64 * GIB);
	outcome.plan = plan_make(&s.layout, &s.machine, &options);
	text_release(&text);
	report_summary(&outcome, NULL, &text);
	CHECK_STR(text_str(&text), "1 region, 4 namespaces: 0 created, 2 adopted, 1 conflict, 1 "
				   "absent, 1 foreign; 1.9 s (status 5); volatile RAM");
	plan_free(outcome.plan);
	scene_release(&s);
}

UNIT_TESTS(UNIT(each_namespace_is_an_entry), UNIT(nothing_is_told_twice),
	   UNIT(nothing_waits_for_journald), UNIT(one_line_says_all))

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A judgement for people, programs, Nagios and Prometheus. Writes into a text.
 */
#ifndef RAMDAX_VERIFY_SHOW_H
#define RAMDAX_VERIFY_SHOW_H

#include "judge.h"
#include "last.h"
#include "table.h"

#define DOCUMENT_VERSION 1

void show_table(const struct judgement *j, const struct paper *paper, struct text *out);

/* The document that ramdax-verify(8) describes. */
void show_json(const struct judgement *j, struct text *out);

/* What Nagios and its kind take for the state of a service. */
enum nagios_status {
	NAGIOS_OK = 0,
	NAGIOS_WARNING = 1,
	NAGIOS_CRITICAL = 2,
	NAGIOS_UNKNOWN = 3,
};

/* One line, with performance data. @why is what went wrong where nothing was judged. */
enum nagios_status show_nagios(const struct judgement *j, const char *why, struct text *out);

/* OpenMetrics text, of gauges only, so that it is Prometheus' older format as well. */
void show_metrics(const struct judgement *j, const struct last_run *last, struct text *out);

#endif

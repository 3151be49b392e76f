/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the logs are told of a run: the journal an entry for each namespace, the kernel log one line
 * for all.
 */
#ifndef RAMDAX_REPORT_LOG_H
#define RAMDAX_REPORT_LOG_H

#include "report.h"
#include "sysfs.h"

/* MESSAGE_ID of an entry of the journal, by the state of the namespace. They are an interface, as
 * are the fields RAMDAX_NAMESPACE, RAMDAX_REGION, RAMDAX_STATE, RAMDAX_DEVICE, RAMDAX_UUID and
 * RAMDAX_REASON: ramdax(8) lists them, systemd/ramdax.catalog explains each. */
#define MESSAGE_CREATED  "e12200e5228f44968035ec731ba31581"
#define MESSAGE_ADOPTED  "d9af56ededfc41f9b7342da7e5233096"
#define MESSAGE_ABSENT   "0a79e51434264639855cc5140ec6b9c6"
#define MESSAGE_CONFLICT "1a3e15134b174fa4b0e79adf01d2e459"
#define MESSAGE_FOREIGN  "b7f6f67c2e1b4ccf990f9809fac30ae6"
#define MESSAGE_DAMAGED  "8cc07029eff2475db137276028f1038d"
#define MESSAGE_FAILED   "adb43f93eed04af1947ad5a2db940a6b"
#define MESSAGE_DEFERRED "7409506773e34ee3960f31d979e99c19"

/*
 * Tells journald of the namespaces of @outcome, and of those only that are not as an earlier run of
 * this boot told. Whether journald knows of all of them now; false where there is none.
 */
bool report_journal(const struct sysfs *fs, const struct outcome *outcome,
		    const struct boot_record *record);

/* Adds "2 regions, 7 namespaces: 5 created, 2 adopted, 0 conflicts; 1.9 s (status 0); volatile
 * RAM". */
void report_summary(const struct outcome *outcome, const struct boot_record *record,
		    struct text *out);

#endif

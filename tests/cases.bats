# SPDX-License-Identifier: GPL-2.0-or-later
#
# What ramdax says on captured machines: every folder below cases is one. See cases/run.

case_is_met() {
	"${BATS_TEST_DIRNAME}/cases/run" "${BATS_TEST_DIRNAME}/cases/$BATS_TEST_DESCRIPTION"
}

@test "01-cold" { case_is_met; }
@test "02-satisfied" { case_is_met; }
@test "03-conflicts" { case_is_met; }
@test "04-unsafe" { case_is_met; }
@test "05-fragment" { case_is_met; }
@test "06-two-ranges" { case_is_met; }
@test "07-nodes" { case_is_met; }
@test "08-each" { case_is_met; }

@test "every case is a test" {
	for case in "$BATS_TEST_DIRNAME"/cases/*/; do
		grep -q "^@test \"$(basename "$case")\"" "$BATS_TEST_FILENAME"
	done
}

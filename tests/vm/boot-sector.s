# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a nested guest runs: a boot sector that counts. At 0x90000 is how often it was started, at
# 0x90004 how often the timer has woken it since. Its host sees both in the memory it gave.
	.code16
	.global _start
_start:
	movw	$0x9000, %ax
	movw	%ax, %ds
	incl	0
	sti
1:	hlt
	incl	4
	jmp	1b
	.org	510
	.word	0xaa55

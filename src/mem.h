/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is there or the program is not: every function ends the program with status 1
 * when memory runs out, so that nothing else has to think about it.
 */
#ifndef RAMDAX_MEM_H
#define RAMDAX_MEM_H

#include "cleanup.h"

/* Says so on standard error and exits with status 1. The only place that does. */
_noreturn_ void mem_exhausted(void);

/* @n elements of @size bytes, zeroed. */
void *mem_calloc(size_t n, size_t size);

/* @n bytes from the start of a page of 4 KiB on, as direct I/O takes them; not zeroed. */
void *mem_pages(size_t n);

/* A copy of the string @s, or NULL for NULL. */
char *mem_strdup(const char *s);

/* A copy of the @n bytes at @s, with a NUL added. */
char *mem_strndup(const char *s, size_t n);

/* A formatted string. */
char *mem_printf(const char *format, ...) _printf_(1, 2);

/*
 * Makes room for one more element of @size bytes in the array at *@array, which holds @n:
 * call it before each append. The capacity is a function of @n (powers of two), so the array
 * needs no capacity field; it must have been grown by this function alone.
 * Returns the new element, zeroed.
 */
void *mem_append(void *array, size_t n, size_t size);

#define MEM_NEW(type)        ((type *)mem_calloc(1, sizeof(type)))
#define MEM_APPEND(array, n) ((__typeof__(array))mem_append(&(array), (n)++, sizeof(*(array))))

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
#include "diag.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>

#include "mem.h"
#include "text.h"
#include "utf8.h"

static enum diag_level shown = DIAG_NOTICE;
static int kmsg = -1;
static const char *program = "ramdax";
static struct diag_message *said;
static size_t n_said;
/* Threads tell how far something is. */
static pthread_mutex_t saying = PTHREAD_MUTEX_INITIALIZER;

static const struct {
	const char *name;
	const char *prefix; /* on standard error */
	int priority;       /* in the kernel log: KERN_ERR and so on */
} levels[] = {
	[DIAG_ERROR] = {"error", "", 3},
	[DIAG_WARNING] = {"warning", "warning: ", 4},
	[DIAG_NOTICE] = {"notice", "", 6},
	[DIAG_DEBUG] = {"debug", "debug: ", 7},
};

void diag_set_level(enum diag_level level)
{
	shown = level;
}

enum diag_level diag_level(void)
{
	return shown;
}

void diag_set_program(const char *name)
{
	program = name;
}

void diag_open_kmsg(void)
{
	if (kmsg < 0)
		kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
}

bool diag_on_terminal(void)
{
	return shown >= DIAG_NOTICE && kmsg < 0 && isatty(STDERR_FILENO);
}

const char *diag_level_name(enum diag_level level)
{
	return levels[level].name;
}

static void write_line(int fd, const struct text *line)
{
	/* There is nobody left to tell when telling fails. */
	if (write(fd, text_str(line), line->len) < 0)
		return;
}

/* Takes @sentence. With @named the program's name stands before it on standard error. */
static void say(enum diag_level level, bool named, char *sentence)
{
	pthread_mutex_lock(&saying);
	if (level <= shown) {
		_cleanup_(text_release) struct text line = {0}, record = {0}, printable = {0};

		/* Names found on a medium may be anything. */
		utf8_add_printable(&printable, sentence);
		text_addf(&line, "%s%s%s%s\n", named ? program : "", named ? ": " : "",
			  levels[level].prefix, text_str(&printable));
		write_line(STDERR_FILENO, &line);
		if (kmsg >= 0) {
			text_addf(&record, "<%d>ramdax: %s%s\n", levels[level].priority,
				  levels[level].prefix, text_str(&printable));
			write_line(kmsg, &record);
		}
	}
	if (level <= DIAG_NOTICE)
		*MEM_APPEND(said, n_said) = (struct diag_message){level, sentence};
	else
		free(sentence);
	pthread_mutex_unlock(&saying);
}

#define SAY(level, format)                              \
	do {                                            \
		struct text sentence = {0};             \
		va_list args;                           \
                                                        \
		va_start(args, format);                 \
		text_vaddf(&sentence, format, args);    \
		va_end(args);                           \
		say(level, true, text_take(&sentence)); \
	} while (0)

void diag_error(const char *format, ...)
{
	SAY(DIAG_ERROR, format);
}

void diag_warning(const char *format, ...)
{
	SAY(DIAG_WARNING, format);
}

void diag_notice(const char *format, ...)
{
	SAY(DIAG_NOTICE, format);
}

void diag_debug(const char *format, ...)
{
	SAY(DIAG_DEBUG, format);
}

size_t diag_messages(const struct diag_message **messages)
{
	*messages = said;
	return n_said;
}

void fault_add(struct fault_list *list, unsigned line, unsigned column, const char *format, ...)
{
	struct text text = {0};
	va_list args;

	if (list->n >= FAULTS_MAX)
		return;
	va_start(args, format);
	text_vaddf(&text, format, args);
	va_end(args);
	*MEM_APPEND(list->items, list->n) = (struct fault){line, column, text_take(&text)};
}

/* Insertion sort: stable, and the list is short and nearly sorted. */
void fault_sort(struct fault_list *list)
{
	for (size_t i = 1; i < list->n; i++) {
		struct fault f = list->items[i];
		size_t j = i;

		for (; j > 0; j--) {
			const struct fault *before = &list->items[j - 1];

			if (before->line < f.line ||
			    (before->line == f.line && before->column <= f.column))
				break;
			list->items[j] = *before;
		}
		list->items[j] = f;
	}
}

void fault_say(const struct fault *f, const char *file)
{
	say(DIAG_ERROR, false,
	    f->line ? mem_printf("%s:%u:%u: %s", file, f->line, f->column, f->text)
		    : mem_printf("%s: %s", file, f->text));
}

void fault_list_release(struct fault_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].text);
	free(list->items);
	*list = (struct fault_list){0};
}

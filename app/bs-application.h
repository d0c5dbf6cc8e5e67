/* bs-application.h: the program with its windows */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BS_APPLICATION_ID "org.barscope.Barscope"

#define BS_TYPE_APPLICATION (bs_application_get_type ())
G_DECLARE_FINAL_TYPE (BsApplication, bs_application, BS, APPLICATION, AdwApplication)

/**
 * bs_application_run:
 * @argv: as main() has it, no command among it
 *
 * Opens the window that the arguments ask for, and runs until the last one is closed. Wrong arguments are said on stderr.
 *
 * Returns: the exit status: see bs-command.h
 */
int bs_application_run (int argc, char **argv);

G_END_DECLS

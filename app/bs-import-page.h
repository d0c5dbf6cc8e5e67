/* bs-import-page.h: how a file would be read, before it is */
#pragma once

#include <adwaita.h>

#include "app/bs-import-peek.h"

G_BEGIN_DECLS

#define BS_TYPE_IMPORT_PAGE (bs_import_page_get_type ())
G_DECLARE_FINAL_TYPE (BsImportPage, bs_import_page, BS, IMPORT_PAGE, GtkWidget)

/**
 * bs_import_page_new:
 *
 * Format, time zone and whether times are starts or ends of bars can be changed: the file is looked at again at once. Signals:
 * "open": as it is set; bs_import_page_take_request() has it; "cancel". Escape cancels, Enter on Open opens. Thread: main.
 */
GtkWidget *bs_import_page_new (void);

/**
 * bs_import_page_begin:
 * @request: (transfer full): what would be opened
 * @peek: (transfer full) (nullable): what it looks like; %NULL: @problem says why that is not known
 * @problem: (nullable)
 */
void bs_import_page_begin (BsImportPage *self, BsLoadRequest *request, BsBarPeek *peek, const char *problem);

/** bs_import_page_take_request: (transfer full): what to open, with what the user has chosen; the page is done with it */
BsLoadRequest *bs_import_page_take_request (BsImportPage *self) G_GNUC_WARN_UNUSED_RESULT;

/** bs_import_page_end: nothing is to be opened any more */
void bs_import_page_end (BsImportPage *self);

G_END_DECLS

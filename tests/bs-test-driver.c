#include "tests/bs-test-driver.h"

#include <gmodule.h>

void
bs_test_keep_driver (void)
{
  GModule *driver = g_module_open ("libvulkan_lvp.so", G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  if (driver != NULL)
    g_module_make_resident (driver);
}

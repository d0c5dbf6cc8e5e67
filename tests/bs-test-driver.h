#ifndef BS_TEST_DRIVER_H
#define BS_TEST_DRIVER_H

/* Keeps Mesa's software Vulkan driver in memory until the process ends, so that a leak checker can name what that driver
   leaks with every instance (tests/lsan.supp). Does nothing where it is not installed. Call it before the first instance. */
void bs_test_keep_driver (void);

#endif

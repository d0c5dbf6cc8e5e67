/* bs-test-vulkan.h: a Vulkan loader that lacks something or fails, between the program and the real one */
#pragma once

#include "inference/vulkan/bs-vulkan-context.h"

G_BEGIN_DECLS

typedef enum
{
  BS_TEST_VULKAN_NO_LOADER,        /* none is installed */
  BS_TEST_VULKAN_NO_ENTRY,         /* what is installed has no vkCreateInstance */
  BS_TEST_VULKAN_NO_DRIVER,        /* vkCreateInstance finds no driver */
  BS_TEST_VULKAN_NO_DEVICE,        /* drivers without a device */
  BS_TEST_VULKAN_OLD_DEVICE,       /* Vulkan 1.0 alone */
  BS_TEST_VULKAN_NO_COMPUTE,       /* no queue computes */
  BS_TEST_VULKAN_LACKS_A_FEATURE,  /* vkCreateDevice gives VK_ERROR_FEATURE_NOT_PRESENT */
  BS_TEST_VULKAN_LACKS_A_CALL,     /* the device has no vkCmdDispatchIndirect */
  BS_TEST_VULKAN_NO_HOST_MEMORY,   /* vkCreateDevice gives VK_ERROR_OUT_OF_HOST_MEMORY */
  BS_TEST_VULKAN_NO_DEVICE_MEMORY, /* no memory can be had of the device */
  BS_TEST_VULKAN_LOST_AT_ONCE,     /* the device is lost with the first submission */
  BS_TEST_VULKAN_LOST,             /* with the submission after bs_test_vulkan_let() */
  BS_TEST_VULKAN_MEMORY_GONE,      /* as LOST; vkQueueSubmit gives VK_ERROR_OUT_OF_DEVICE_MEMORY */
  BS_TEST_VULKAN_UNKNOWN,          /* as LOST; vkQueueSubmit gives a result that nobody foresaw */
  BS_TEST_VULKAN_WAIT_LOST,        /* as LOST, and told by the wait */
  BS_TEST_VULKAN_HANGS,            /* the wait after bs_test_vulkan_let() ends without an answer */
  BS_TEST_VULKAN_GARBAGE,          /* the answer after bs_test_vulkan_let() is none: submitted and never computed */
  BS_TEST_VULKAN_N_FAULTS,
} BsTestVulkanFault;

/** Whatever opens Vulkan from now on meets @fault; -1: the loader as it is. Not while an engine is being made. */
void bs_test_vulkan_inject (int fault);

/** How many submissions, or waits, go well before the fault. Any thread. */
void bs_test_vulkan_let (int n);

/** What the message of a fault must contain, for a test. Static. */
const char *bs_test_vulkan_words (BsTestVulkanFault fault);

G_END_DECLS

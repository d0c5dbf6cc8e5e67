#include "inference/predict/bs-thread.h"

#if defined(__linux__)
#include <sys/resource.h>
#elif defined(__APPLE__)
#include <pthread/qos.h>
#elif defined(G_OS_WIN32)
#include <windows.h>
#endif

#define LOWEST_NICE 19

void
bs_thread_lower_priority (void)
{
#if defined(__linux__)
  /* On Linux 0 is the calling thread, not its process; where it is refused, the thread works as any other. */
  if (setpriority (PRIO_PROCESS, 0, LOWEST_NICE) != 0)
    g_debug ("the priority of a background thread cannot be lowered");
#elif defined(__APPLE__)
  pthread_set_qos_class_self_np (QOS_CLASS_BACKGROUND, 0);
#elif defined(G_OS_WIN32)
  SetThreadPriority (GetCurrentThread (), THREAD_PRIORITY_LOWEST);
#endif
}

#include "inference/predict/bs-thread.h"

#if defined(__linux__)
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__APPLE__)
#include <pthread/qos.h>
#elif defined(G_OS_WIN32)
#include <windows.h>
#endif

#define LOWEST_NICE 19
/* The least that Linux takes; a bar is answered in less. */
#define SHORT_SLICE_NS 100000

#if defined(__linux__) && defined(SYS_sched_setattr)
/* struct sched_attr of sched_setattr(2), as its first version has it: glibc 2.36 has none. */
typedef struct
{
  guint32 size, policy;
  guint64 flags;
  gint32 nice;
  guint32 priority;
  guint64 runtime_ns, deadline_ns, period_ns;
} SchedAttr;
G_STATIC_ASSERT (sizeof (SchedAttr) == 48);
#endif

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

void
bs_thread_wake_soon (void)
{
#if defined(__linux__) && defined(SYS_sched_setattr)
  /* Of an ordinary thread (policy 0) the runtime is its slice since Linux 6.12, and left aside before. Its niceness stays. */
  SchedAttr attr = { .size = sizeof attr };
  if (syscall (SYS_sched_getattr, 0, &attr, sizeof attr, 0) != 0 || attr.policy != 0)
    return;
  attr.size = sizeof attr;
  attr.runtime_ns = SHORT_SLICE_NS;
  attr.deadline_ns = attr.period_ns = 0;
  if (syscall (SYS_sched_setattr, 0, &attr, 0) != 0)
    g_debug ("a short slice of the processor cannot be had");
#elif defined(__APPLE__)
  pthread_set_qos_class_self_np (QOS_CLASS_USER_INTERACTIVE, 0);
#endif
}

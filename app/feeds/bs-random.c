#include "app/feeds/bs-random.h"

static guint64
rotate_left (guint64 x, guint n)
{
  return (x << n) | (x >> (64 - n));
}

void
bs_random_init (BsRandom *self, guint64 seed)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->state); i++)
    {
      seed += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      guint64 z = seed;
      z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
      self->state[i] = z ^ (z >> 31);
    }
}

guint64
bs_random_next (BsRandom *self)
{
  guint64 *s = self->state;
  guint64 result = rotate_left (s[1] * 5, 7) * 9;
  guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left (s[3], 45);
  return result;
}

double
bs_random_uniform (BsRandom *self)
{
  return (double) (bs_random_next (self) >> 11) * 0x1p-53;
}

double
bs_random_normal (BsRandom *self)
{
  /* Twelve 16-bit numbers, each the middle of its step: mean 12 * 0.5, variance 12 / 12. */
  guint32 sum = 0;

  for (guint i = 0; i < 3; i++)
    {
      guint64 bits = bs_random_next (self);
      sum += (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
    }
  return ((double) sum + 6.0) * 0x1p-16 - 6.0;
}

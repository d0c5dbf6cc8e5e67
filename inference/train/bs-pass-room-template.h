/* bs-pass-room-template.h: for one number type, which bs-pass-room.c defines; included twice, no include guard */

void bs_pass (take_activations) (const BsParameterLayout *layout, BsArena *arena, guint n, gboolean dropout,
                                 BS_PASS (Activations) * self)
{
  const gsize size = sizeof (BsPassReal), T = layout->sequence_length, H = layout->hidden;

  self->n = n;
  self->window_stride = 1;
  self->step_stride = n;
  for (guint k = 0; k < layout->n_layers; k++)
    {
      self->layers[k].gates = bs_arena_take (arena, size, T, n, 4 * H);
      self->layers[k].cell = bs_arena_take (arena, size, T, n, H);
      self->layers[k].hidden = bs_arena_take (arena, size, T, n, H);
      if (dropout && k + 1 < layout->n_layers)
        {
          self->layers[k].mask = bs_arena_take (arena, size, T, n, H);
          self->layers[k].dropped = bs_arena_take (arena, size, T, n, H);
        }
    }
  for (guint k = 0; k < layout->n_linear; k++)
    {
      if (dropout)
        {
          self->linear[k].mask = bs_arena_take (arena, size, n, layout->linear[k].n_inputs, 1);
          self->linear[k].dropped = bs_arena_take (arena, size, n, layout->linear[k].n_inputs, 1);
        }
      self->linear[k].values = bs_arena_take (arena, size, n, layout->linear[k].n_outputs, 1);
    }
}

void bs_pass (take_room) (const BsParameterLayout *layout, BsArena *arena, guint n, BS_PASS (Room) * self)
{
  const gsize size = sizeof (BsPassReal), T = layout->sequence_length, H = layout->hidden;
  gsize widest = 0;

  for (guint k = 0; k < layout->n_linear; k++)
    widest = MAX (widest, layout->linear[k].n_inputs);
  self->d_gates = bs_arena_take (arena, size, T, n, 4 * H);
  self->d_hidden = bs_arena_take (arena, size, T, n, H);
  self->d_cell = bs_arena_take (arena, size, n, H, 1);
  self->tanh_cell = bs_arena_take (arena, size, H, 1, 1);
  for (guint i = 0; i < G_N_ELEMENTS (self->d_head); i++)
    self->d_head[i] = bs_arena_take (arena, size, n, widest, 1);
}

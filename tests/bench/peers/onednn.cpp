/* onednn.cpp: the same network by oneDNN's LSTM primitives, FP32 and INT8, as a shared library for peers.py
 *
 * Layers are primitives of their own: the first has other inputs than the rest. Weights are reordered once into the layout
 * that oneDNN asks for. In INT8 oneDNN quantizes inputs and hidden states with one scale, fixed when the primitive is made;
 * the caller gives the largest input that it is to hold. The head, a thousandth of the work, is two plain loops. */
#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <unordered_map>
#include <vector>

using namespace dnnl;
using dt = memory::data_type;
using tag = memory::format_tag;

namespace
{

struct Layer
{
  primitive lstm;
  std::unordered_map<int, memory> arguments;
  memory in, out; /* [T, N, In] and [T, N, H] */
};

struct Peer
{
  engine cpu{ engine::kind::cpu, 0 };
  stream queue{ cpu };
  unsigned F, H, n_layers, T, N;
  bool int8;
  float scale = 1, shift = 0;
  std::vector<Layer> layers;
  std::vector<float> fc1, bias1, fc2, bias2;
};

/* PyTorch's [4H, K] as oneDNN's [1, 1, K, 4, H] */
memory
plain_weights (Peer &peer, const float *w, unsigned K)
{
  const memory::dims dims{ 1, 1, K, 4, peer.H };
  memory m ({ dims, dt::f32, tag::ldigo }, peer.cpu);
  float *to = static_cast<float *> (m.get_data_handle ());

  for (unsigned row = 0; row < 4 * peer.H; row++)
    for (unsigned k = 0; k < K; k++)
      to[static_cast<size_t> (k) * 4 * peer.H + row] = w[static_cast<size_t> (row) * K + k];
  return m;
}

/* Scales of the rows of both matrices together, as oneDNN keeps one set of each primitive. */
std::vector<float>
weight_scales (const Peer &peer, const float *w_ih, unsigned K, const float *w_hh)
{
  std::vector<float> scales (4 * peer.H);

  for (size_t row = 0; row < scales.size (); row++)
    {
      float largest = 1e-12f;

      for (unsigned k = 0; k < K; k++)
        largest = std::max (largest, std::fabs (w_ih[row * K + k]));
      for (unsigned k = 0; k < peer.H; k++)
        largest = std::max (largest, std::fabs (w_hh[row * peer.H + k]));
      scales[row] = 127 / largest;
    }
  return scales;
}

void
add_layer (Peer &peer, unsigned index, const float *w_ih, const float *w_hh, const float *bias)
{
  const unsigned K = index == 0 ? peer.F : peer.H;
  const memory::dim T = peer.T, N = peer.N, H = peer.H;
  const dt data = peer.int8 ? dt::u8 : dt::f32, weights = peer.int8 ? dt::s8 : dt::f32;
  const bool top = index + 1 == peer.n_layers;
  const dt out_type = peer.int8 && top ? dt::f32 : data;
  primitive_attr attr;

  if (peer.int8)
    {
      attr.set_rnn_data_qparams (peer.scale, peer.shift);
      attr.set_rnn_weights_qparams ((1 << 3) + (1 << 4), weight_scales (peer, w_ih, K, w_hh));
    }
  const memory::desc in ({ T, N, K }, data, tag::tnc), out ({ T, N, H }, out_type, tag::tnc);
  const memory::desc w_ih_any ({ 1, 1, K, 4, H }, weights, tag::any), w_hh_any ({ 1, 1, H, 4, H }, weights, tag::any);
  const memory::desc bias_desc ({ 1, 1, 4, H }, dt::f32, tag::ldgo);
  const lstm_forward::desc desc (prop_kind::forward_inference, rnn_direction::unidirectional_left2right, in,
                                 memory::desc (), memory::desc (), w_ih_any, w_hh_any, bias_desc, out,
                                 memory::desc (), memory::desc ());
  const lstm_forward::primitive_desc made (desc, attr, peer.cpu);
  Layer layer;
  memory packed_ih (made.weights_layer_desc (), peer.cpu), packed_hh (made.weights_iter_desc (), peer.cpu);
  memory plain_ih = plain_weights (peer, w_ih, K), plain_hh = plain_weights (peer, w_hh, peer.H);
  memory bias_memory (bias_desc, peer.cpu);

  reorder (reorder::primitive_desc (plain_ih, packed_ih, attr)).execute (peer.queue, plain_ih, packed_ih);
  reorder (reorder::primitive_desc (plain_hh, packed_hh, attr)).execute (peer.queue, plain_hh, packed_hh);
  std::memcpy (bias_memory.get_data_handle (), bias, 4 * peer.H * sizeof (float));
  layer.in = index == 0 ? memory (in, peer.cpu) : peer.layers.back ().out;
  layer.out = memory (out, peer.cpu);
  layer.lstm = lstm_forward (made);
  layer.arguments = { { DNNL_ARG_SRC_LAYER, layer.in },       { DNNL_ARG_WEIGHTS_LAYER, packed_ih },
                      { DNNL_ARG_WEIGHTS_ITER, packed_hh },   { DNNL_ARG_BIAS, bias_memory },
                      { DNNL_ARG_DST_LAYER, layer.out } };
  peer.queue.wait ();
  peer.layers.push_back (layer);
}

/* [N, T, F] to [T, N, F], quantized where the primitives want it so */
void
put_inputs (Peer &peer, const float *windows)
{
  float *floats = static_cast<float *> (peer.layers[0].in.get_data_handle ());
  uint8_t *bytes = static_cast<uint8_t *> (peer.layers[0].in.get_data_handle ());

  for (unsigned n = 0; n < peer.N; n++)
    for (unsigned t = 0; t < peer.T; t++)
      {
        const float *from = windows + (static_cast<size_t> (n) * peer.T + t) * peer.F;
        const size_t to = (static_cast<size_t> (t) * peer.N + n) * peer.F;

        if (peer.int8)
          for (unsigned k = 0; k < peer.F; k++)
            bytes[to + k] = static_cast<uint8_t> (
              std::min (255.0f, std::max (0.0f, std::nearbyintf (from[k] * peer.scale + peer.shift))));
        else
          std::memcpy (floats + to, from, peer.F * sizeof (float));
      }
}

void
run_head (const Peer &peer, const float *h, float *out)
{
  float hidden[32], sum = 0;

  for (unsigned i = 0; i < 32; i++)
    {
      float x = peer.bias1[i];

      for (unsigned k = 0; k < peer.H; k++)
        x += peer.fc1[i * peer.H + k] * h[k];
      hidden[i] = std::max (0.0f, x);
    }
  for (unsigned c = 0; c < 3; c++)
    {
      float x = peer.bias2[c];

      for (unsigned k = 0; k < 32; k++)
        x += peer.fc2[c * 32 + k] * hidden[k];
      sum += out[c] = std::exp (x);
    }
  for (unsigned c = 0; c < 3; c++)
    out[c] /= sum;
}

void
run (Peer &peer, const float *windows, float *probabilities)
{
  put_inputs (peer, windows);
  for (Layer &layer : peer.layers)
    layer.lstm.execute (peer.queue, layer.arguments);
  peer.queue.wait ();
  const float *h = static_cast<float *> (peer.layers.back ().out.get_data_handle ());
  for (unsigned n = 0; n < peer.N; n++)
    run_head (peer, h + (static_cast<size_t> (peer.T - 1) * peer.N + n) * peer.H, probabilities + n * 3);
}

} // namespace

extern "C" void *
onednn_new (unsigned F, unsigned H, unsigned n_layers, unsigned T, const float *const *weights, int int8, unsigned N,
            float largest_input)
{
  try
    {
      Peer *peer = new Peer;

      peer->F = F;
      peer->H = H;
      peer->n_layers = n_layers;
      peer->T = T;
      peer->N = N;
      peer->int8 = int8;
      if (int8)
        {
          peer->scale = 127 / largest_input;
          peer->shift = 128;
        }
      for (unsigned k = 0; k < n_layers; k++, weights += 3)
        add_layer (*peer, k, weights[0], weights[1], weights[2]);
      peer->fc1.assign (weights[0], weights[0] + 32 * H);
      peer->bias1.assign (weights[1], weights[1] + 32);
      peer->fc2.assign (weights[2], weights[2] + 3 * 32);
      peer->bias2.assign (weights[3], weights[3] + 3);
      return peer;
    }
  catch (const dnnl::error &)
    {
      return nullptr; /* this processor has no such primitive */
    }
}

extern "C" int
onednn_run (void *data, const float *windows, float *probabilities)
{
  run (*static_cast<Peer *> (data), windows, probabilities);
  return 1;
}

/* ns for @repeats calls */
extern "C" int64_t
onednn_time (void *data, const float *windows, float *probabilities, unsigned repeats)
{
  const auto started = std::chrono::steady_clock::now ();

  for (unsigned i = 0; i < repeats; i++)
    run (*static_cast<Peer *> (data), windows, probabilities);
  return std::chrono::duration_cast<std::chrono::nanoseconds> (std::chrono::steady_clock::now () - started).count ();
}

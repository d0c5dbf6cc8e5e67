#include "app/alerts/bs-alert-center.h"

#define KEY "alert-rules"

struct _BsAlert
{
  GObject parent_instance;
  BsAlertEvent event;
};

G_DEFINE_FINAL_TYPE (BsAlert, bs_alert, G_TYPE_OBJECT)

static void
bs_alert_finalize (GObject *object)
{
  g_free ((char *) BS_ALERT (object)->event.instrument);
  G_OBJECT_CLASS (bs_alert_parent_class)->finalize (object);
}

static void
bs_alert_class_init (BsAlertClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_alert_finalize;
}

static void
bs_alert_init (BsAlert *self)
{
}

const BsAlertEvent *
bs_alert_event (BsAlert *self)
{
  return &self->event;
}

struct _BsAlertCenter
{
  GObject parent_instance;

  GSettings *settings; /* (nullable) */
  GPtrArray *rules;
  GHashTable *last; /* instrument -> class + 1 */
  GListStore *alerts;
  guint n_unseen;
};

G_DEFINE_FINAL_TYPE (BsAlertCenter, bs_alert_center, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_N_UNSEEN,
  N_PROPS
};

enum
{
  ALERTED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_n_unseen (BsAlertCenter *self, guint n)
{
  if (self->n_unseen == n)
    return;
  self->n_unseen = n;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_UNSEEN]);
}

static void
read_rules (BsAlertCenter *self)
{
  g_autoptr (GVariant) variant = g_settings_get_value (self->settings, KEY);
  g_clear_pointer (&self->rules, g_ptr_array_unref);
  self->rules = bs_alert_rules_parse (variant);
}

static void
bs_alert_center_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_N_UNSEEN)
    g_value_set_uint (value, BS_ALERT_CENTER (object)->n_unseen);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bs_alert_center_finalize (GObject *object)
{
  BsAlertCenter *self = BS_ALERT_CENTER (object);
  g_clear_object (&self->settings);
  g_ptr_array_unref (self->rules);
  g_hash_table_unref (self->last);
  g_object_unref (self->alerts);
  G_OBJECT_CLASS (bs_alert_center_parent_class)->finalize (object);
}

static void
bs_alert_center_class_init (BsAlertCenterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = bs_alert_center_get_property;
  object_class->finalize = bs_alert_center_finalize;
  properties[PROP_N_UNSEEN]
    = g_param_spec_uint ("n-unseen", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[ALERTED]
    = g_signal_new ("alert", BS_TYPE_ALERT_CENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, BS_TYPE_ALERT);
}

static void
bs_alert_center_init (BsAlertCenter *self)
{
  self->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_alert_rule_free);
  self->last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->alerts = g_list_store_new (BS_TYPE_ALERT);
}

BsAlertCenter *
bs_alert_center_new (GSettings *settings)
{
  BsAlertCenter *self = g_object_new (BS_TYPE_ALERT_CENTER, NULL);
  if (settings == NULL)
    {
      g_ptr_array_add (self->rules, bs_alert_rule_new ());
      return self;
    }
  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (read_rules), self, G_CONNECT_SWAPPED);
  read_rules (self);
  return self;
}

/* The class of the bar before, or -1; @klass is it from here on. */
static int
exchange_last (BsAlertCenter *self, const char *instrument, BsClass klass)
{
  int last = GPOINTER_TO_INT (g_hash_table_lookup (self->last, instrument)) - 1;
  if (last != (int) klass)
    g_hash_table_insert (self->last, g_strdup (instrument), GINT_TO_POINTER ((int) klass + 1));
  return last;
}

static void
keep (BsAlertCenter *self, const BsAlertEvent *event)
{
  g_autoptr (BsAlert) alert = g_object_new (BS_TYPE_ALERT, NULL);
  alert->event = *event;
  alert->event.instrument = g_strdup (event->instrument);
  g_list_store_insert (self->alerts, 0, alert);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->alerts));
  if (n > BS_ALERT_MAX_KEPT)
    g_list_store_splice (self->alerts, BS_ALERT_MAX_KEPT, n - BS_ALERT_MAX_KEPT, NULL, 0);
  set_n_unseen (self, MIN (self->n_unseen + 1, BS_ALERT_MAX_KEPT));
  g_signal_emit (self, signals[ALERTED], 0, alert);
}

void
bs_alert_center_take (BsAlertCenter *self, const BsAlertEvent *event)
{
  g_return_if_fail (BS_IS_ALERT_CENTER (self) && event->instrument != NULL && event->klass < BS_N_CLASSES);
  BsAlertEvent whole = *event;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  whole.minute = (guint) (g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now));
  whole.last_class = exchange_last (self, event->instrument, event->klass);
  for (guint i = 0; i < self->rules->len; i++)
    if (bs_alert_rule_matches (self->rules->pdata[i], &whole))
      {
        keep (self, &whole);
        return;
      }
}

void
bs_alert_center_skip (BsAlertCenter *self, const char *instrument, BsClass klass)
{
  exchange_last (self, instrument, klass);
}

GListModel *
bs_alert_center_list (BsAlertCenter *self)
{
  return G_LIST_MODEL (self->alerts);
}

void
bs_alert_center_clear (BsAlertCenter *self)
{
  g_list_store_remove_all (self->alerts);
  set_n_unseen (self, 0);
}

void
bs_alert_center_see (BsAlertCenter *self)
{
  set_n_unseen (self, 0);
}

guint
bs_alert_center_n_unseen (BsAlertCenter *self)
{
  return self->n_unseen;
}

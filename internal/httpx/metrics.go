package httpx

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests by route pattern, method and class of status, nothing
// finer: neither persons nor single events can be told from it.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec

	// Looking up labels costs more than a 304; a route's counters are found here.
	mu    sync.Mutex
	known atomic.Pointer[map[routeKey]*routeMetrics]
}

type routeKey struct{ method, route string }

type routeMetrics struct {
	classes  [6]prometheus.Counter
	duration prometheus.Observer
}

var classNames = [6]string{"other", "1xx", "2xx", "3xx", "4xx", "5xx"}

// NewMetrics makes a registry of its own, with the Go runtime's and the process's metrics.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tonarimachi_http_requests_total", Help: "Requests by route pattern, method and class of status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tonarimachi_http_request_duration_seconds", Help: "Time to answer by route pattern and method.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route"}),
	}
	m.known.Store(&map[routeKey]*routeMetrics{})
	m.registry.MustRegister(m.requests, m.duration, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registerer takes the metrics of other parts.
func (m *Metrics) Registerer() prometheus.Registerer { return m.registry }

// Handler answers in the Prometheus text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Run serves /metrics on a listener of its own until ctx ends.
func (m *Metrics) Run(ctx context.Context, listen string, logger *slog.Logger) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	return Server{Handler: mux, Logger: logger, Grace: time.Second}.Run(ctx, listen)
}

// observe counts one request. Method and route come from closed sets.
func (m *Metrics) observe(method, route string, status int, took time.Duration) {
	key := routeKey{method, route}
	rm, ok := (*m.known.Load())[key]
	if !ok {
		rm = m.learn(key)
	}
	class := status / 100
	if class < 1 || class > 5 {
		class = 0
	}
	rm.classes[class].Inc()
	rm.duration.Observe(took.Seconds())
}

func (m *Metrics) learn(key routeKey) *routeMetrics {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := *m.known.Load()
	if rm, ok := old[key]; ok {
		return rm
	}
	rm := &routeMetrics{duration: m.duration.WithLabelValues(key.method, key.route)}
	for i, name := range classNames {
		rm.classes[i] = m.requests.WithLabelValues(key.method, key.route, name)
	}
	grown := make(map[routeKey]*routeMetrics, len(old)+1)
	for k, v := range old {
		grown[k] = v
	}
	grown[key] = rm
	m.known.Store(&grown)
	return rm
}

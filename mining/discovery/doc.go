// Package discovery finds process models in event logs.
package discovery

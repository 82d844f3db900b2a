package userdata

// changesByAPI are the calls of a client of AWS's API, as boto3 names them, by which a
// script in another language may change instances, what launches them, or a cluster.
var changesByAPI = pattern(`\b(?:modify|create|update|run|start|send|associate|attach|authorize|replace|register|execute|request|enable|set|invoke|reset)_[a-z]`)

package report

// The objects of SARIF 2.1.0 that a log has, with those of their properties that
// it sets. Libraries for SARIF bring a validator along, or write null where the
// schema does not allow it.
type (
	sarifLog struct {
		Version string     `json:"version"`
		Schema  string     `json:"$schema"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        tool         `json:"tool"`
		Language    string       `json:"language"`
		ColumnKind  string       `json:"columnKind"`
		NewLines    []string     `json:"newlineSequences"`
		Invocations []invocation `json:"invocations"`
		Results     []result     `json:"results"`
	}
	tool struct {
		Driver driver `json:"driver"`
	}
	driver struct {
		Name     string `json:"name"`
		Version  string `json:"version"`
		Language string `json:"language"`
		Rules    []rule `json:"rules"`
	}
	rule struct {
		ID         string        `json:"id"`
		Short      text          `json:"shortDescription"`
		Full       text          `json:"fullDescription"`
		Help       text          `json:"help"`
		HelpURI    string        `json:"helpUri"`
		Default    configuration `json:"defaultConfiguration"`
		Properties struct {
			Tags             []string `json:"tags"`
			SecuritySeverity string   `json:"security-severity,omitempty"`
		} `json:"properties"`
	}
	text struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	configuration struct {
		Level string `json:"level"`
	}
	invocation struct {
		Successful    bool           `json:"executionSuccessful"`
		Notifications []notification `json:"toolExecutionNotifications,omitempty"`
	}
	notification struct {
		Level     string          `json:"level"`
		Message   text            `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	result struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Kind         string            `json:"kind,omitempty"` // "fail" if it is missing
		Level        string            `json:"level"`
		Message      text              `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Suppressions []suppression     `json:"suppressions,omitempty"`
		Fixes        []fix             `json:"fixes,omitempty"`
	}
	suppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	fix struct {
		Description text             `json:"description"`
		Changes     []artifactChange `json:"artifactChanges"`
	}
	artifactChange struct {
		Artifact     artifactLocation `json:"artifactLocation"`
		Replacements []replacement    `json:"replacements"`
	}
	replacement struct {
		Deleted  *region `json:"deletedRegion"`
		Inserted content `json:"insertedContent"`
	}
	content struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical physicalLocation  `json:"physicalLocation"`
		Logical  []logicalLocation `json:"logicalLocations,omitempty"`
	}
	physicalLocation struct {
		Artifact artifactLocation `json:"artifactLocation"`
		Region   *region          `json:"region,omitempty"`
	}
	artifactLocation struct {
		URI string `json:"uri"`
	}
	region struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	logicalLocation struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
	}
)

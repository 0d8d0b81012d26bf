package wire

// TransferData answers PUT and GET: the client moves the files itself, to and
// from the URLs in it, and makes up the result that its user sees.
type TransferData struct {
	Parameters      []Parameter `json:"parameters"`
	QueryID         string      `json:"queryId"`
	StatementTypeID int         `json:"statementTypeId"`
	FinalRoleName   *string     `json:"finalRoleName"`

	Command           string   `json:"command"` // UPLOAD or DOWNLOAD
	Operation         string   `json:"operation"`
	Kind              string   `json:"kind"`
	SrcLocations      []string `json:"src_locations"`
	LocalLocation     string   `json:"localLocation,omitempty"`
	AutoCompress      bool     `json:"autoCompress"`
	Overwrite         bool     `json:"overwrite"`
	SourceCompression string   `json:"sourceCompression"`
	Parallel          int64    `json:"parallel"`
	Threshold         int64    `json:"threshold"`
	ShowEncryption    bool     `json:"clientShowEncryptionParameter"`

	// EncryptionMaterial is one for PUT and a list for GET, of one an object.
	// Where it is null or empty, clients encrypt nothing.
	EncryptionMaterial any       `json:"encryptionMaterial"`
	UploadInfo         *string   `json:"uploadInfo"`
	PresignedURLs      []string  `json:"presignedUrls,omitempty"`
	StageInfo          StageInfo `json:"stageInfo"`

	RowType []RowType `json:"rowtype"`
	RowSet  []string  `json:"rowset"`
}

// An EncryptionMaterial is what clients encrypt a file with, and decrypt it.
type EncryptionMaterial struct {
	Key     string `json:"queryStageMasterKey"` // base64
	QueryID string `json:"queryId"`
	ID      int64  `json:"smkId"`
}

// StageInfo says where a stage's files are. Over plain http its type is GCS, the
// only cloud whose clients take a plain URL as it stands.
type StageInfo struct {
	LocationType          string            `json:"locationType"`
	Location              string            `json:"location"`
	Path                  string            `json:"path"`
	Region                string            `json:"region"`
	StorageAccount        *string           `json:"storageAccount"`
	IsClientSideEncrypted bool              `json:"isClientSideEncrypted"`
	Creds                 map[string]string `json:"creds"`
	PresignedURL          string            `json:"presignedUrl"`
	EndPoint              *string           `json:"endPoint"`
}
